namespace ActorMonitor.Shell;

/// <summary>What <c>pbm --help</c> says.</summary>
internal static class PbmHelp
{
    public const string Text = """
        pbm inspects and steers a running node.

        Usage: pbm [HOST:PORT] [COMMAND...] [OPTIONS]

          HOST:PORT          the node: a manager on 127.0.0.1:9110 by default, a monitor is on port 9111
          COMMAND            what to do; without one, pbm opens a prompt, or reads lines from its input

        Options, anywhere in the line:
          --output KIND      table (the default) or json: one object a row, durations in seconds
          --watch [TIME]     runs the line again and again, every 2s or every TIME (100ms to 1h), until Ctrl-C;
                             not for commands that change the node
          --color WHEN       auto (the default: on a terminal, unless NO_COLOR is set), always or never

        Options for the connection, when pbm is started:
          --token-file FILE  the node's token, for commands that change it; without it pbm reads
                             $ACTORMONITOR_PBM_TOKEN_FILE, or on the node's machine the file in its data folder
          --tls              speaks TLS on loopback too; to any other address pbm always does
          --ca-file FILE     the PEM file of the authority that signed the node's certificate, or of that
                             certificate itself; without it $ACTORMONITOR_PBM_CA_FILE, or the system's authorities
          --help, --version  about pbm; pbm help lists the commands of the node

        At the prompt:
          Tab completes commands, options, and the names of jobs, monitors and clients, as the node has them.
          Up and Down recall lines, those that begin with what is typed; Ctrl-R searches; Ctrl-L or clear
          cleans the screen. Ctrl-C ends a running command, or throws the line away; Ctrl-D or exit leaves.
          The last 1000 lines are kept in $XDG_STATE_HOME/actormonitor/pbm-history (~/.local/state without it),
          for this user only. Not kept: lines that begin with a space, and lines with a password=, token=,
          secret= or the like in them.

        Tables fit the window: texts are shortened with …, and where that is not enough each row is shown as
        lines of name: value. Into a pipe or a file everything is written in full and without colours.

        Examples: pbm help    pbm 127.0.0.1:9111 help    pbm jobs list --output json    pbm ledger --watch 5s

        Exit codes: 0 done, 1 failed, 2 not understood, 3 no node there, or none whose certificate can be trusted,
                    4 refused, 130 interrupted
        """;
}
