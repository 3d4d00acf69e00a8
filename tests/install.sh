#!/bin/sh
# Installs what the tests need on Debian 12 as root.
#
#   tests/install.sh unit|desktop|windows|figures…
#
# Without a missing package it takes less than a second. Ends with 69 on any other system.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
if [ "$(id -u)" -ne 0 ] || ! grep -qs '^12' /etc/debian_version; then
    echo "install: needs root on Debian 12" >&2
    exit 69
fi

shared="xvfb xdotool imagemagick openbox dbus fonts-noto-cjk libgl1-mesa-dri python3"
desktop="$shared at-spi2-core chromium desktop-file-utils dunst e2fsprogs faketime firefox-esr gcc gir1.2-atspi-2.0 libglib2.0-bin
    python3-dbus python3-gi"
unit="clamav strace"
windows="$shared tesseract-ocr tesseract-ocr-jpn"
figures="$desktop gnome-system-monitor libreoffice-calc linux-perf procps valgrind"

wanted=
for group; do
    case $group in
    unit) wanted="$wanted $unit" ;;
    desktop) wanted="$wanted $desktop" ;;
    windows) wanted="$wanted $windows" ;;
    figures) wanted="$wanted $figures" ;;
    *) echo "install: no such group: $group" >&2; exit 64 ;;
    esac
done
missing=
for package in $wanted; do
    # shellcheck disable=SC2016 # the format is dpkg's
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=none
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "install:$missing" >&2
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
case " $* " in
*" windows "*) "$here/windows/setup.sh" ;;
esac
