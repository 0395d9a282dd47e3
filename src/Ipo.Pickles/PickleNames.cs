namespace Ipo.Pickles;

/// <summary>A function or type that a pickle may name.</summary>
public interface IPickledGlobal;

/// <summary>What one kind of pickle may hold: its protocols, its instructions, the names in it and what stands for them.
/// Whatever this does not take is refused; nothing is looked up by a name, and nothing that a file names is called.
/// </summary>
public abstract class PickleNames
{
    /// <summary>Who writes such a pickle, for messages: "torch.save writes for weights".</summary>
    public abstract string WrittenBy { get; }

    /// <summary>Whether it has pickles of a protocol.</summary>
    /// <exception cref="PickleException">It has not; the message says what to do.</exception>
    public abstract void RequireProtocol(byte protocol);

    /// <summary>Whether it has an instruction.</summary>
    public abstract bool Has(Opcode opcode);

    /// <summary>What stands for a function or type that the file names.</summary>
    /// <exception cref="PickleException">It is none of the few.</exception>
    public abstract IPickledGlobal Global(string module, string name);

    /// <summary>What Python would have made by calling what <see cref="Global"/> gave.</summary>
    /// <exception cref="PickleException">It is not called as its writer does.</exception>
    public virtual object Call(IPickledGlobal global, object?[] arguments) => throw Uncallable();

    /// <summary>What Python would have made as a new object of a type that <see cref="Global"/> gave.</summary>
    /// <exception cref="PickleException">The writer makes none.</exception>
    public virtual object New(IPickledGlobal global, object?[] arguments) => throw Uncallable();

    /// <summary>Gives attributes to what was made before.</summary>
    /// <exception cref="PickleException">The writer gives none to it.</exception>
    public abstract void Build(object? made, object? attributes);

    /// <summary>What stands for something outside the pickle.</summary>
    /// <exception cref="PickleException">The writer has nothing there.</exception>
    public virtual object Outside(object? id) => throw PickleException.Damaged("something outside the pickle is named");

    /// <summary>A name from a file, fit for a terminal.</summary>
    public static string Printable(string name) =>
        string.Concat(name.Take(200).Select(letter => letter is > ' ' and <= '~' ? letter : '?'));

    private static PickleException Uncallable() => PickleException.Damaged("something is called that is no function");
}
