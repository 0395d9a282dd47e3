namespace Ipo.Optimization.Facts;

/// <summary>A search image: its SHA-256 as 64 hexadecimal digits and the index of its class.</summary>
public sealed record SearchImage(string Sha256, int Label);
