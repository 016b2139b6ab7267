#!/bin/sh
# Deploys a tag of a stack, in the words that scripts and people are used to.
set -eu

usage() {
  printf 'error: %s\nusage: %s <stack> <tag> [env] [operator]\n' "$1" "${0##*/}" >&2
  exit 2
}

[ $# -ge 1 ] || usage 'no stack given'
[ $# -ge 2 ] || usage 'no tag given'
[ $# -le 4 ] || usage 'too many arguments'

stack=$1
tag=$2
shift 2
case $# in
  0) set -- -- "$stack" "$tag" ;;
  1) set -- "--env=$1" -- "$stack" "$tag" ;;
  2) set -- "--env=$1" "--operator=$2" -- "$stack" "$tag" ;;
esac
exec "${BALLAST:-ballast}" deploy "$@"
