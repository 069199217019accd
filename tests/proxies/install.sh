#!/bin/sh
# Install the proxies from Debian's packages, where that is possible: those in PROXIES, or all. Never fails; the tests say
# what is missing.
set -u
PATH="$PATH:/usr/sbin:/usr/local/sbin"
missing=
for program in ${PROXIES:-nginx caddy haproxy}; do
	command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "Installing$missing …"
	apt="apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=60"
	# Not started as services: the tests start their own.
	[ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; ours=1; }
	timeout 60 $apt update
	for program in $missing; do
		DEBIAN_FRONTEND=noninteractive $apt install --no-install-recommends "$program" >/dev/null
	done
	[ -z "${ours-}" ] || rm /usr/sbin/policy-rc.d
else
	echo "Not installed:$missing. As root: apt-get install --no-install-recommends$missing" >&2
fi
exit 0
