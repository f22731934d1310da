# Reads lines "@ID BASE64", runs what they hold, and answers "@ID STATUS BASE64". Base64, so that nothing that a command prints
# is taken for an answer, and nothing that it is means something to the terminal.
stty raw -echo
while IFS=' ' read -r id command; do
    [[ $id == @* ]] || continue
    output=$(set -o pipefail && base64 --decode <<<"$command" | timeout 900 bash 2>&1)
    status=$?
    printf '\n%s %s %s\n' "$id" "$status" "$(base64 --wrap=0 <<<"$output")"
done
