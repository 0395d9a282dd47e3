using System.CommandLine;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo journal</c>: the database in which the orchestrator keeps runs.</summary>
internal static class JournalCommand
{
    public static Command Create() =>
        new("journal", "Looks after the database in which the orchestrator keeps runs.") { Check(), Compact() };

    private static SessionCommand Check()
    {
        var command = new SessionCommand("check", "Reads every run and says what is damaged; exits with 1 if anything is.")
        {
            Examples = ["ipo journal check"],
        };
        command.SetHandler(async session =>
        {
            var found = await session.Client.Journal.CheckJournalAsync(new());
            var isSound = found.DamagedRuns.Count == 0 && found.DatabaseFaults.Count == 0;
            if (session.Json) session.WriteJson(found);
            else
            {
                foreach (var damaged in found.DamagedRuns) session.Terminal.Tell($"Run {damaged.RunId} is damaged. {damaged.Damage}");
                foreach (var fault in found.DatabaseFaults) session.Terminal.Tell(fault);
                session.Terminal.Print(
                    $"{Amounts.Count(found.Runs, "run")}, {Amounts.Count(found.Events, "sound event")}, "
                        + Amounts.Bytes(found.DatabaseBytes) + (isSound ? "; nothing is damaged." : "."));
            }
            return isSound ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static SessionCommand Compact()
    {
        var command = new SessionCommand("compact", "Gives the space of what was deleted back to the disk. Runs wait meanwhile.")
        {
            Examples = ["ipo journal compact"],
        };
        command.SetHandler(async session =>
        {
            var compacted = await session.Client.Journal.CompactJournalAsync(new());
            if (session.Json) session.WriteJson(compacted);
            else session.Terminal.Print($"{Amounts.Bytes(compacted.BytesBefore)} before, {Amounts.Bytes(compacted.BytesAfter)} now.");
            return ExitCode.Done;
        });
        return command;
    }
}
