namespace Ipo.Cli.Completion;

/// <summary>What makes a shell ask <see cref="Suggestions"/>; where nothing is suggested, it completes file names.</summary>
internal static class ShellScripts
{
    // No compgen -W, which expands what it is given; no mapfile, which the bash of macOS lacks.
    private const string Bash = """
        _ipo() {
          local line=${COMP_LINE:0:COMP_POINT} suggestion
          COMPREPLY=()
          while IFS= read -r suggestion; do COMPREPLY+=("$suggestion"); done < <(ipo "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _ipo ipo

        """;

    private const string Zsh = """
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        _ipo() {
          local line="${(j: :)words[1,CURRENT]}"
          local -a suggestions=("${(@f)$(ipo "[suggest:${#line}]" "$line" 2>/dev/null)}")
          suggestions=(${suggestions:#})
          (( $#suggestions )) && compadd -- $suggestions || _files
        }
        compdef _ipo ipo

        """;

    private const string Fish = """
        function __ipo_suggestions
            set -l line (commandline -cp)
            ipo "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c ipo -a '(__ipo_suggestions)'

        """;

    // The column is one of all that was typed, of which the command is a part.
    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName ipo -ScriptBlock {
            param($word, $command, $column)
            ipo "[suggest:$($column - $command.Extent.StartOffset)]" "$command" 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    /// <summary>The scripts by the shell's name.</summary>
    public static IReadOnlyDictionary<string, string> ByShell { get; } =
        new Dictionary<string, string> { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = Pwsh };
}
