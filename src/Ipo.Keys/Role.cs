namespace Ipo.Keys;

/// <summary>What a caller may do. Each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Look at what the tenant has, and classify with its winners.</summary>
    Read = 1,

    /// <summary>Start what costs time or money, and send files.</summary>
    Run,

    /// <summary>Delete.</summary>
    Admin,
}
