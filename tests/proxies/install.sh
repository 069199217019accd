#!/bin/sh
# Install the proxies from Debian's packages, where that is possible; the tests fail for each that is missing.
set -eu
PATH="$PATH:/usr/sbin:/usr/local/sbin"
missing=
for program in nginx caddy haproxy; do
	command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "Installing$missing …"
	# Not started as services: the tests start their own.
	[ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; ours=1; }
	apt-get -qq update
	DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends $missing >/dev/null || true
	[ -z "${ours-}" ] || rm /usr/sbin/policy-rc.d
else
	echo "Not installed:$missing. As root: apt-get install --no-install-recommends$missing" >&2
fi
