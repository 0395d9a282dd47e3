namespace Ipo.Optimization.Facts;

/// <summary>Why a search ended.</summary>
public enum StopReason
{
    /// <summary>All steps were done.</summary>
    StepsDone,

    /// <summary>The next call could exceed the budget's calls.</summary>
    CallsSpent,

    /// <summary>The budget's tokens are spent.</summary>
    TokensSpent,

    /// <summary>The budget's money is spent.</summary>
    MoneySpent,

    /// <summary>The budget's time is spent.</summary>
    TimeSpent,

    /// <summary>No better template came for as many steps as the settings wait.</summary>
    Plateau,

    /// <summary>Every search image is classified rightly and with certainty.</summary>
    Perfect,

    /// <summary>A person asked for it.</summary>
    Requested,

    /// <summary>The first steps brought not one candidate that could be scored.</summary>
    NothingUsable,
}
