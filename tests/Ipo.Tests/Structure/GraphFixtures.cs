// Small namespaces for the tests of the graph; nothing else uses them. One file, because they are one example.

namespace Ipo.Tests.Structure.Cyclic.Front
{
    internal static class Door
    {
        public static int Count { get; } = 1;

        public static Middle.Hall Open() => new();
    }
}

namespace Ipo.Tests.Structure.Cyclic.Middle
{
    internal sealed class Hall : Back.Yard;
}

namespace Ipo.Tests.Structure.Cyclic.Back
{
    internal class Yard
    {
        public static Func<int> Later { get; } = () => Front.Door.Count;
    }
}

namespace Ipo.Tests.Structure.Arrows.Target
{
    internal class Thing;

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class MarkAttribute : Attribute;
}

namespace Ipo.Tests.Structure.Arrows.Field
{
    internal abstract class Holder
    {
        public static readonly List<Target.Thing> Things = [];
    }
}

namespace Ipo.Tests.Structure.Arrows.Parameter
{
    internal interface IHolder
    {
        void Take(IReadOnlyList<Target.Thing?> things);
    }
}

namespace Ipo.Tests.Structure.Arrows.Base
{
    internal sealed class Derived : Target.Thing;
}

namespace Ipo.Tests.Structure.Arrows.Marked
{
    [Target.Mark]
    internal static class Holder;
}

namespace Ipo.Tests.Structure.Arrows.Argument
{
    [System.ComponentModel.TypeConverter(typeof(Target.Thing))]
    internal static class Named;
}

namespace Ipo.Tests.Structure.Arrows.Local
{
    internal static class Caller
    {
        public static bool Asks(object thing) => thing is Target.Thing;
    }
}

namespace Ipo.Tests.Structure.Arrows.Switch
{
    internal static class Caller
    {
        public static object? Choose(int number)
        {
            switch (number)
            {
                case 0: return 1;
                case 1: return "";
                case 2: return null;
                case 3: return 2.5;
                default: return new Target.Thing();
            }
        }
    }
}
