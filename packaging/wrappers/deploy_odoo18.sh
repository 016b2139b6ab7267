#!/bin/sh
# Deploys a tag of the Odoo 18 stack, in the words that scripts and people are used to.
# BALLAST_ODOO18_STACK names the stack (odoo18-prod) and BALLAST_ODOO18_ENV the environment that is
# recorded (the stack's own).
set -eu

usage() {
  printf 'error: %s\nusage: %s <tag> [operator]\n' "$1" "${0##*/}" >&2
  exit 2
}

[ $# -ge 1 ] || usage 'no tag given'
[ $# -le 2 ] || usage 'too many arguments'

tag=$1
shift
if [ $# -eq 1 ]; then set -- "--operator=$1"; fi
if [ -n "${BALLAST_ODOO18_ENV:-}" ]; then set -- "--env=$BALLAST_ODOO18_ENV" "$@"; fi
exec "${BALLAST:-ballast}" deploy "$@" -- "${BALLAST_ODOO18_STACK:-odoo18-prod}" "$tag"
