using Ipo.Optimization.Settings;
using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>Who proposes and describes, in words.</summary>
internal static class ProviderText
{
    public static string Proposers(IEnumerable<Proposer> proposers) =>
        string.Join(", ", proposers.Select(proposer => RunWords.Named(proposer.Name, proposer.Model)));

    public static string Captioner(Captioner? captioner) => captioner is null ? "none" : RunWords.Named(captioner.Name, captioner.Model);

    /// <summary>Reads <c>--proposer</c>: names with commas between them, each perhaps with its model and
    /// <c>/no-history</c>; that alone means the default proposer.</summary>
    public static IEnumerable<ProposerChoice> Choices(string? option) => option is null ? [] : ProposerName.Mix(option)
        .Select(name => new ProposerChoice { Name = name.Service, NamedModel = name.Model, HidesHistory = !name.SeesHistory });
}
