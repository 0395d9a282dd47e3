namespace Ipo.ServiceDefaults;

/// <summary>What a service makes sure of before it starts. A <see cref="ServiceStartException"/> or an
/// <see cref="InvalidDataException"/> of it ends the start with its message alone.</summary>
/// <param name="Run">Looks, or makes what the start rests on.</param>
public sealed record StartCheck(Action<IServiceProvider> Run);
