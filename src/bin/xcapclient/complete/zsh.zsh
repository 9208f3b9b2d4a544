#compdef xcapclient
# Tab completion of xcapclient in zsh.
_xcapclient() {
    local -a lines
    lines=("${(@f)$("${words[1]/#\~\//$HOME/}" --complete zsh \
        "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" " ${(j: :)words[CURRENT+1,-1]}" \
        2>/dev/null </dev/null)}")
    case $lines[1] in
        files)
            compset -P '--*='
            _files
            ;;
        directories) _files -/ ;;
        words)
            shift lines
            # Those that end a word come with a space.
            compadd -- ${${(M)lines:#* }% }
            compadd -S '' -- ${lines:#* }
            ;;
    esac
}
if [ "$funcstack[1]" = _xcapclient ]; then
    _xcapclient
else
    compdef _xcapclient xcapclient
fi
