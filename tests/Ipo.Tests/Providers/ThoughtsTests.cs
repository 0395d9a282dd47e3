using CsCheck;
using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class ThoughtsTests
{
    [Theory]
    [InlineData("<think>a <INS>x</INS></think>\nB", "\nB")]
    [InlineData("a dog, perhaps</think>B", "B")]
    [InlineData("<think>a</think>b</think>B <think> is a tag", "B <think> is a tag")]
    [InlineData("B", "B")]
    [InlineData("<thinking>a</thinking>B", "B")]
    [InlineData("<Thinking>\na\n</THINKING>B", "B")]
    [InlineData("<thought>a</thought>B", "B")]
    [InlineData("<reasoning>a</reasoning>B", "B")]
    [InlineData("B<reasoning>because</reasoning>", "B")]
    [InlineData("<reflection>a</reflection>B<reflection>b</reflection>C", "BC")]
    [InlineData("[THINK]a[/THINK]B", "B")]
    [InlineData("a[/THINK]B", "B")]
    [InlineData("<|begin_of_thought|>a<|end_of_thought|>B", "B")]
    [InlineData("<seed:think>a</seed:think>B", "B")]
    [InlineData("◁think▷a◁/think▷B", "B")]
    [InlineData("<think>a</think><reflection>b</reflection>B", "B")]
    [InlineData(" <thinking>the object is", "")]
    [InlineData("[THINK]the object is", "")]
    [InlineData("<|channel|>analysis<|message|>a <INS>x</INS><|end|><|start|>assistant<|channel|>final<|message|>B<|return|>", "B")]
    [InlineData("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>B", "B")]
    [InlineData("<|channel|>analysis<|message|>We need", "")]
    [InlineData("<|start|>assistant<|channel|>commentary<|message|>We need", "")]
    [InlineData("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final", "")]
    [InlineData("analysisWe need two.assistantfinalB", "B")]
    [InlineData("analysis of a <CLASS>", "analysis of a <CLASS>")]
    public void Leaves_what_stands_outside_of_the_thoughts(string text, string answer) => Assert.Equal(answer, Thoughts.Without(text));

    [Fact]
    public void Leaves_a_text_without_marks_as_it_is() =>
        Gen.String[Gen.Char["abc <INS>\n/[]|"], 0, 60].Where(text => !text.Contains("think", StringComparison.OrdinalIgnoreCase))
            .Sample(text => Assert.Equal(text, Thoughts.Without(text)));

    [Fact]
    public void Takes_a_long_answer_of_nothing_but_marks_in_one_go()
    {
        Assert.Equal("", Thoughts.Without(string.Concat(Enumerable.Repeat("<think></think>", 200_000))));
        Assert.Equal("", Thoughts.Without(string.Concat(Enumerable.Repeat("<think>", 400_000))));
    }
}
