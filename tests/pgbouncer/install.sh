#!/bin/sh
# Install PgBouncer from Debian's packages, where that is possible; the tests fail where it is missing.
set -eu
PATH="$PATH:/usr/sbin:/usr/local/sbin"
! command -v pgbouncer >/dev/null || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "Installing pgbouncer …"
	# Not started as a service: the tests start their own.
	[ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; ours=1; }
	apt-get -qq update
	DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends pgbouncer >/dev/null || true
	[ -z "${ours-}" ] || rm /usr/sbin/policy-rc.d
else
	echo "Not installed: pgbouncer. As root: apt-get install --no-install-recommends pgbouncer" >&2
fi
