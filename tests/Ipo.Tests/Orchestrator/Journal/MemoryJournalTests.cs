using Ipo.Orchestrator.Journal;
using Ipo.Tests.Fakes;

namespace Ipo.Tests.Orchestrator.Journal;

/// <summary>The tests' own journal keeps the promises too; otherwise what is shown with it would be worth little.</summary>
public sealed class MemoryJournalTests : JournalContract
{
    internal override IRunJournal Journal { get; } = new MemoryJournal();
}
