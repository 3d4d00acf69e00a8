#!/bin/sh
# Prepares a Debian 12 machine to build the Windows program and to run it under Wine 10.
#
#   setup.sh [FOLDER…]    install what is missing; make every FOLDER visible in the chroot at the same path
#   setup.sh --unmount    undo the mounts: always before the chroot is deleted, it shows the real /dev
#
# Wine 10 comes from a Debian 13 chroot, as the Wine of Debian 12 is too old. When everything is there this takes
# less than a second. MIMAMORI_WINE_ROOT moves the chroot.
set -eu

root=${MIMAMORI_WINE_ROOT:-/opt/mimamori-wine10}
host_packages="debootstrap rustc-web rust-web-src gcc-mingw-w64-x86-64-posix binutils-mingw-w64-x86-64
    xvfb xdotool imagemagick wixl msitools openssl osslsigncode fonts-noto-cjk libgl1-mesa-dri mesa-vulkan-drivers"
wine_packages="wine wine64 libgl1-mesa-dri mesa-vulkan-drivers libvulkan1 libegl1 libglx-mesa0 libgl1
    libxcursor1 libxrandr2 libxi6 libxrender1 libxfixes3 libxcomposite1 libxxf86vm1 libxinerama1 libxext6
    libfreetype6 fonts-dejavu-core fonts-noto-cjk"

say() { echo "setup: $*" >&2; }

# Those of the packages $2… that are not installed; $1 stands before dpkg-query: nothing, or "chroot FOLDER".
missing() {
    prefix=$1
    shift
    for package in "$@"; do
        # shellcheck disable=SC2016,SC2086 # the format is dpkg's; the prefix is words
        state=$($prefix dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=none
        [ "$state" = installed ] || echo "$package"
    done
}

# Undoes every mount on folder $1 and below it, the innermost first.
hide() {
    awk -v root="$1/" 'index($5 "/", root) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
        while read -r place; do umount "$place"; done
}

# Makes folder $1 visible in the chroot, unless it already is (as itself or below another one, such as /tmp).
show() {
    inside=$root$1
    if [ -e "$inside" ] && [ "$(stat -c %d:%i "$1")" = "$(stat -c %d:%i "$inside")" ]; then
        return
    fi
    # A folder that was deleted and made anew leaves its predecessor mounted here, and nothing can be mounted on that.
    hide "$inside"
    mkdir -p "$inside"
    mount --bind "$1" "$inside"
}


if [ "${1-}" = --unmount ]; then
    hide "$root"
    exit 0
fi

# shellcheck disable=SC2046,SC2086 # lists of names without spaces
set_host=$(missing "" $host_packages | tr '\n' ' ')
if [ -n "$set_host" ]; then
    say "installing $set_host"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $set_host >/dev/null
fi

if [ ! -x "$root/usr/bin/apt-get" ]; then
    say "making the Debian 13 chroot $root"
    # Built beside its place and moved, so that an interrupted run leaves nothing that looks finished.
    hide "$root.new"
    rm -rf --one-file-system "$root.new"
    debootstrap --variant=minbase --include=ca-certificates trixie "$root.new" >"$root.log" 2>&1 ||
        { tail "$root.log" >&2; exit 1; }
    mv "$root.new" "$root"
fi

for folder in /proc /sys /dev /tmp; do
    show "$folder"
done
for folder in "$@"; do
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd -P)
    [ "$folder" != / ] || { say "not the whole machine: name a folder"; exit 64; }
    show "$folder"
done

# shellcheck disable=SC2046,SC2086
set_wine=$(missing "chroot $root" $wine_packages | tr '\n' ' ')
if [ -n "$set_wine" ]; then
    say "installing in the chroot: $set_wine"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends $set_wine >/dev/null
fi
