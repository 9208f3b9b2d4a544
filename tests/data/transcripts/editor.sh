# What happens in the transcript of `edit`: a user adds Dora while another client renames the other
# list. When the editor opens again, both changes are in the text, and the user leaves it as it is.
if [ ! -e "$HOME/theirs" ]; then
    printf office | xcapclient put '/resource-lists/list[2]/@name' >"$HOME/theirs" 2>&1
    sed -i 's|    <entry uri="sip:carol@example.com"/>|&\n    <entry uri="sip:dora@example.com"/>|' "$1"
fi
