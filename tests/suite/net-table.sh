#!/bin/sh
# net-table.sh PROGRAM: unpacks the tables of CORDON_SHARED (see data.h) into CORDON_UNPACKED and runs PROGRAM on
# them. Exit 77 (skipped) when they are not there.
set -e
shared=${CORDON_SHARED:-$CORDON_SHARED_USUAL}/net work=$CORDON_UNPACKED/ip-location-db
[ -f "$shared/ip-location-db-asn-20260617.tar.xz" ] || { echo "skipped: no $shared"; exit 77; }
mkdir -p "$work"
[ -f "$work/asn-ipv6.csv" ] || tar -xJf "$shared/ip-location-db-asn-20260617.tar.xz" -C "$work"
exec "$1" "$work/asn-ipv4.csv" "$work/asn-ipv6.csv" \
	"$shared/prefix-origin-20080501.dat.gz" "$shared/prefix6-origin-20151101.dat.gz"
