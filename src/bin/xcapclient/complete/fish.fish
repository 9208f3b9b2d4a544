# Tab completion of xcapclient in fish.
function __xcapclient
    set -l program (commandline -opc)[1]
    set -l lines (command $program --complete fish (commandline -cp | string collect) 2>/dev/null </dev/null)
    switch "$lines[1]"
        case files
            set -l parts (string match -r -- '^((?:--[^=]*=)?)(.*)$' (commandline -ct))
            printf "$parts[2]%s\n" (__fish_complete_path $parts[3])
        case directories
            __fish_complete_directories (commandline -ct)
        case words
            string trim --right -- $lines[2..]
    end
end
complete -c xcapclient -f -k -a '(__xcapclient)'
