namespace Ipo.PromptGen;

/// <summary>Words that say nothing of how a picture looks or what kind of thing it shows: time, thought, talk, number,
/// manner. What a template gains by them it gains by chance, or by being longer.</summary>
internal static class NeutralWords
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. ("afterwards again already also although always anyway because before besides certainly clearly "
        + "consequently daily definitely despite during early easily either else eventually ever exactly fairly finally formerly "
        + "further generally hence hereby honestly however indeed instead later likewise maybe meanwhile merely moreover mostly "
        + "mutually namely nearly nevertheless next often once only otherwise partly perhaps possibly presently previously probably "
        + "quite rarely rather recently relatively seldom simultaneously since sometimes soon still subsequently suddenly supposedly "
        + "therefore thereby though thus together tomorrow twice unless until usually weekly whenever whereas whether yearly yet "
        + "ability absence advice agreement amount answer approach argument assumption attempt attitude average basis belief benefit "
        + "century chance choice claim clause comment comparison concept conclusion condition consequence context conversation cost "
        + "custom debate decade decision delay demand detail difference difficulty discussion doubt duty economy effort election "
        + "evidence excuse expense experience explanation extent fact fame fortune freedom future gratitude guess habit honesty "
        + "hope idea importance income intention interest issue joke judgement knowledge law length lesson logic loyalty luck "
        + "manner meaning method minute moment month mood motive name need notion occasion opinion opportunity outcome patience "
        + "percentage permission policy preference presence price principle priority problem progress promise proof proposal proverb "
        + "purpose quantity question quote reason regret remark request result rule rumour secret sentence series silence solution "
        + "statement story subject success suggestion sum talent tax theory thought topic total tradition trust truth version "
        + "victory vote wage week welfare wisdom word work year").Split(' '),
    ];
}
