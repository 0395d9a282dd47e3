using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class HolmTests
{
    // Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300, section 4.1: fifteen p-values of
    // thrombolysis in myocardial infarction, printed with four digits. The adjusted values are their products with
    // 15, 14, … in decimal arithmetic; the paper rejects the first three at 5 % by a procedure with Holm's critical values.
    private static readonly double[] Thrombolysis =
        [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000];

    [Fact]
    public void Agrees_with_Benjamini_and_Hochbergs_example()
    {
        double[] expected = [0.0015, 0.0056, 0.0247, 0.1140, 0.2211, 0.2780, 0.2780, 0.2780, 0.3213, 1, 1, 1, 1, 1, 1];
        var adjusted = Holm.Adjust(Thrombolysis);
        Assert.All(expected.Zip(adjusted), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(3, adjusted.Count(p => p < 0.05));
    }

    // SAS/STAT User's Guide, PROC MULTTEST, "Inputting Raw p-Values": 24 p-values printed with five digits; the smallest
    // adjusted one is 24 times 0.03498, and all others reach 1.
    [Fact]
    public void Agrees_with_the_example_of_SAS_MULTTEST()
    {
        double[] raw =
        [
            0.28282, 0.30688, 0.71022, 0.77175, 0.78180, 0.88581, 0.54685, 0.84978, 0.24228, 0.58977, 0.03498, 0.41607,
            0.31631, 0.05254, 0.45061, 0.75758, 0.12496, 0.49485, 0.21572, 0.50505, 0.94372, 0.81260, 0.77596, 0.36889,
        ];
        var adjusted = Holm.Adjust(raw);
        Assert.Equal(0.839520, adjusted[10], 1e-12);
        Assert.All(adjusted.Where((_, test) => test != 10), p => Assert.Equal(1, p));
    }

    // CRAN package HDLSSkST, example of Holm(): of these seven, at 5 %, the third and the last are rejected.
    [Fact]
    public void Rejects_what_the_example_of_an_R_package_rejects()
    {
        var adjusted = Holm.Adjust([0.50, 0.01, 0.001, 0.69, 0.02, 0.05, 0.0025]);
        Assert.Equal([false, false, true, false, false, false, true], adjusted.Select(p => p < 0.05));
        Assert.Equal([1, 0.05, 0.007, 1, 0.08, 0.15, 0.015], adjusted.Select(p => Math.Round(p, 12)));
    }

    // Holm's own definition, step by step: reject the smallest p-values while p(i) <= alpha / (m - i + 1).
    [Fact]
    public void An_adjusted_value_is_the_level_at_which_the_sequential_procedure_rejects() =>
        Gen.Select(Gen.Double[0, 1].Array[1, 12], Gen.Double[0.001, 0.999]).Sample((pValues, alpha) =>
        {
            var adjusted = Holm.Adjust(pValues);
            var order = Enumerable.Range(0, pValues.Length).OrderBy(test => pValues[test]).ToList();
            var rejecting = true;
            for (var i = 0; i < order.Count; i++)
            {
                rejecting &= pValues[order[i]] <= alpha / (order.Count - i);
                if (Math.Abs(adjusted[order[i]] - alpha) > 1e-9) Assert.Equal(rejecting, adjusted[order[i]] <= alpha);
            }
        });

    [Fact]
    public void One_test_stays_as_it_is_and_none_is_none()
    {
        Assert.Equal([0.03], Holm.Adjust([0.03]));
        Assert.Empty(Holm.Adjust([]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Refuses_what_is_no_p_value(double p) => Assert.Throws<ArgumentOutOfRangeException>(() => Holm.Adjust([0.5, p]));
}
