namespace Ipo.Orchestrator.Access;

/// <summary>The name under which ASP.NET Core knows how callers are told apart here.</summary>
internal static class AccessScheme
{
    public const string Name = "Ipo";
}
