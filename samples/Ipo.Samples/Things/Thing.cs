using Ipo.Samples.Drawing;

namespace Ipo.Samples.Things;

/// <summary>
/// One meaning of a name: what it is called, what kind of thing it is, the colours it comes in, and how it is drawn.
/// Two things with one name and different categories are the two meanings of that name.
/// </summary>
/// <param name="Gloss">The thing in other words, as a caption may put it.</param>
internal sealed record Thing(string Name, string Category, string Colours, string Gloss, Action<Pen> Draw)
{
    /// <summary>Every thing of the world, in a fixed order.</summary>
    public static IReadOnlyList<Thing> All { get; } =
    [
        .. Animals.All, .. SeaCreatures.All, .. Birds.All, .. Foods.All, .. Plants.All, .. BodyParts.All, .. Vehicles.All, .. Machines.All,
        .. Tools.All, .. Household.All, .. Instruments.All, .. SportsGear.All, .. Clothes.All, .. Desk.All, .. Buildings.All, .. Sky.All,
    ];
}
