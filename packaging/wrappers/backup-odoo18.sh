#!/bin/sh
# Backs up the Odoo 18 stack, in the words that crontabs and people are used to.
# BALLAST_ODOO18_STACK names the stack (odoo18-prod).
set -eu

usage() {
  printf 'error: %s\nusage: %s daily|weekly-full\n' "$1" "${0##*/}" >&2
  exit 2
}

[ $# -ge 1 ] || usage 'neither daily nor weekly-full given'
[ $# -le 1 ] || usage 'too many arguments'

case $1 in
  daily | weekly-full) ;;
  *) usage 'neither daily nor weekly-full given' ;;
esac
exec "${BALLAST:-ballast}" backup -- "${BALLAST_ODOO18_STACK:-odoo18-prod}" "$1"
