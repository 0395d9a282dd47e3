using System.Text;
using System.Text.Json;
using CsCheck;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.Text.Repair;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text.Repair;

public sealed class TextRepairTests
{
    [Fact]
    public void Cleans_every_text_as_openai_s_tokenizer_does()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens2/text-repair.json")));
        var wrong = goldens.RootElement.EnumerateArray()
            .Select(line => (Text: line.GetProperty("text").GetString()!, Cleaned: line.GetProperty("cleaned").GetString()!))
            .Where(line => ClipWords.Repair(line.Text) != line.Cleaned)
            .Select(line => $"'{line.Text}': expected '{line.Cleaned}', found '{ClipWords.Repair(line.Text)}'").ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{goldens.RootElement.GetArrayLength() - wrong.Count} texts equal.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(80, goldens.RootElement.GetArrayLength());
    }

    // Each code page is one in which ftfy 6.3.1 undoes the text; in those left out it leaves it, since the mojibake could be a text.
    [Theory]
    [InlineData("schön grüßen, München", 28591, 1252, 1250, 1253, 1254, 1257, 28592, 10000, 437)]
    [InlineData("voilà l'été, garçon", 28591, 1252, 1250, 1254, 10000, 437)]
    [InlineData("Işık çay şeker", 28591, 1252, 1250, 1253, 1254, 1257, 28592, 10000, 437)]
    [InlineData("η γάτα στο σπίτι", 28591, 1252, 1250, 1253, 1254, 1257, 28592, 10000, 437)]
    [InlineData("большая собака", 28591, 1252, 1251, 1250, 1253, 1254, 1257, 28592, 437)]
    [InlineData("żółty wąż", 28591, 1252, 1250, 1254, 1257, 28592, 10000, 437)]
    [InlineData("el niño y la piñata", 28591, 1252, 1250, 1254, 10000)]
    [InlineData("猫の写真", 28591, 1252, 1251, 1250, 1253, 1254, 1257, 28592, 437)]
    [InlineData("a dog 🐶", 28591, 1252, 1250, 1253, 1254, 1257, 28592, 437)]
    public void Undoes_utf8_that_was_read_in_another_charset(string meant, params int[] codePages)
    {
        Assert.Equal(meant, TextRepair.Of(meant));
        Assert.All(codePages, page => Assert.Equal(meant, TextRepair.Of(Misread(meant, page))));
        Assert.Equal(meant, TextRepair.Of(Misread(Misread(meant, 1252), 1252)));
        Assert.Equal(meant, TextRepair.Of(Misread(Misread(Misread(meant, 1252), 1252), 1252)));
    }

    [Theory]
    [InlineData("CAFÉ…")]
    [InlineData("Noël…»")]
    [InlineData("a mast of 10 Å—")]
    [InlineData("SÃO PAULO, S Ã O")]
    [InlineData("LÅS PÅ ØYA")]
    [InlineData("FÊTE® and LÜK™")]
    [InlineData("7×… and 5×£20")]
    [InlineData("∆° √π ½ ² ① Ⅷ №")]
    [InlineData("(ò_ó) ô¬ô")]
    [InlineData("├┤a┼┐a")]
    [InlineData("« à la carte »")]
    [InlineData("20 °C, ±3 µm, § 12, 10 €")]
    [InlineData("señor ¿qué? ¡olé!")]
    [InlineData("Ёжик в тумане, ВІЗ")]
    [InlineData("Άλφα ώρα ΰ")]
    [InlineData("İstanbul ışık şğ")]
    [InlineData("Ångström Å œuvre Œuf")]
    [InlineData("žluťoučký kůň, ţară")]
    [InlineData("soft\u00ADhyphen zero\u200Bwidth\u200Djoiner left\u200Eto")]
    [InlineData("👩‍🚀 flag 🇩🇪 ❤️ 👍🏽")]
    public void Leaves_text_that_only_looks_odd(string text) => Assert.Equal(text, TextRepair.Of(text));

    // What is expected is what ftfy 6.3.1's rules give.
    [Theory]
    [InlineData("the chef’s “best” ‛dish‟ ʼn", "the chef's \"best\" 'dish\" 'n")]
    [InlineData("ﬂuﬀy ﬁsh ŉ ǆ Ĳ ﬆ", "fluffy fish 'n dž IJ st")]
    [InlineData("ＣＡＴ　ｶﾞ ￡￣ ﾡ ｟", "CAT ガ £ \u0304 \u1100 ⦅")]
    [InlineData("one\r\ntwo\rthree\u2028four\u2029", "one\ntwo\nthree\nfour\n")]
    [InlineData("\uFEFFa\u0000b\u0007c\u007F\uFFF9d\uFFFCe\u206F", "abcde")]
    [InlineData("\u001B[1;31mred\u001B[0m \u001B]", "red ]")]
    [InlineData("jalapen\u0303o", "jalapeño")]
    [InlineData("a\u0093quoted\u0094 text\u0085", "a\"quoted\" text…")]
    [InlineData("kept \u0081", "kept \u0081")]
    [InlineData("&eacute; &EACUTE; &SZLIG; &FILIG; &AMP; &nosuch; &eacute", "é É SS FI & &nosuch; &eacute")]
    [InlineData("<b>&eacute;\n&eacute;", "<b>&eacute;\n&eacute;")]
    [InlineData("&eacute;\n<b>", "é\n<b>")]
    [InlineData("&#59; &#x3b;", "&#59; &#x3b;")]
    [InlineData("&Atilde;&copy;t&eacute;", "été")]
    [InlineData("dÃ©jÃ  vu", "déjà vu")]
    [InlineData("Ã l'Ã©cole, Ã s cinco, Ã quele", "à l'école, às cinco, àquele")]
    [InlineData("Â nothing", "\u00A0nothing")]
    [InlineData("lÂ'Ã©tÃ© and Ã©tÃ© \u2014 été", "lÂ'été and été — été")]
    [InlineData("â€œgone â€\uFFFD and â€?", "\"gone \uFFFD and \uFFFD")]
    [InlineData("í\u00A0½í¸€", "😀")]
    public void Repairs_as_ftfy_s_rules_say(string text, string repaired) => Assert.Equal(repaired, TextRepair.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("\uFFFD half \uFFFD", TextRepair.Of("\uD83D half \uDC00"));

    [Fact]
    public void A_repaired_text_is_left_alone() =>
        Gen.String.Sample(text => TextRepair.Of(text) is var repaired && TextRepair.Of(repaired) == repaired);

    [Fact]
    public void Plain_text_comes_back_as_it_is() =>
        Gen.String[Gen.Char['a', 'z'], 0, 40].Sample(text => ReferenceEquals(text, TextRepair.Of(text)));

    private static string Misread(string text, int codePage)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);
        // Bytes without a character are taken for controls, as most programs do.
        return string.Concat(Encoding.UTF8.GetBytes(text).Select(value =>
            encoding.GetString([value]) is [>= '\uF8F5' and <= '\uF8FE'] or "\uFFFD" ? ((char)value).ToString() : encoding.GetString([value])));
    }
}
