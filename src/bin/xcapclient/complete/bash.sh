# Tab completion of xcapclient in bash.
_xcapclient() {
    local kind candidates
    COMPREPLY=()
    {
        IFS= read -r kind
        mapfile -t candidates
    } < <("${1/#\~\//$HOME/}" --complete bash "${COMP_LINE:0:COMP_POINT}" \
        "${COMP_LINE:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
    case $kind in
        files) compopt -o default +o nospace ;;
        directories) compopt -o dirnames +o nospace ;;
        words) COMPREPLY=("${candidates[@]}") ;;
    esac
}
complete -o nospace -F _xcapclient xcapclient
