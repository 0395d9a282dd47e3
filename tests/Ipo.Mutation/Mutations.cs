using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Ipo.Mutation;

/// <summary>One way to break one place: what stands there, and what would.</summary>
internal sealed record Mutant(int Number, string File, int Line, string Original, string Broken)
{
    /// <summary>Names it, wherever in the file it moves.</summary>
    public string Key => $"{File}  {Original}  →  {Broken}";

    public override string ToString() => $"{Number} {File}:{Line}  {Original}  →  {Broken}";
}

/// <summary>Writes every mutant of a file into it behind a switch: <c>a &lt; b</c> becomes <c>(MutantSwitch.On(7) ? a &lt;= b : a &lt; b)</c>,
/// so one compilation serves all. Numbers do not depend on which are left out.</summary>
internal sealed class Mutations(string file, int first, IReadOnlySet<int> leftOut) : CSharpSyntaxRewriter
{
    public const string Mark = "mutant";

    private static readonly Dictionary<string, string> Calls = new (string One, string Other)[]
    {
        ("First", "Last"), ("FirstOrDefault", "LastOrDefault"), ("Min", "Max"), ("MinBy", "MaxBy"), ("Any", "All"), ("Skip", "Take"), ("Sum", "Max"),
        ("SkipWhile", "TakeWhile"), ("OrderBy", "OrderByDescending"), ("ThenBy", "ThenByDescending"), ("Floor", "Ceiling"), ("Count", "Max"),
        ("StartsWith", "EndsWith"), ("IndexOf", "LastIndexOf"), ("TrimStart", "TrimEnd"), ("ToUpperInvariant", "ToLowerInvariant"),
        ("Union", "Intersect"), ("Append", "Prepend"),
    }.SelectMany(pair => new[] { pair, (pair.Other, pair.One) }).DistinctBy(pair => pair.Item1).ToDictionary();

    private static readonly string[] Droppable = ["Where", "Distinct", "DistinctBy", "Reverse", "Trim", "Order", "Except"];

    private static readonly ILookup<string, string> Signs = ("< <=  < >  <= <  <= >  > >=  > <  >= >  >= <  == !=  != ==  ?? right  + -  - +  * /  / *  % *  "
        + "& |  | &  ^ &  << >>  >> <<  += -=  -= +=  *= /=  /= *=  |= &=").Split("  ").Select(pair => pair.Split(' ')).ToLookup(pair => pair[0], pair => pair[1]);

    public int Next { get; private set; } = first;

    public List<Mutant> Found { get; } = [];

    public override SyntaxNode? Visit(SyntaxNode? node)
    {
        // Where a constant has to stand, no switch can.
        if (node is AttributeListSyntax or EnumMemberDeclarationSyntax or ParameterSyntax or PatternSyntax or SwitchLabelSyntax or TypeSyntax
            || node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword)
            || node is LocalDeclarationStatementSyntax { IsConst: true }) return node;
        return (node, base.Visit(node)) switch
        {
            (SwitchExpressionArmSyntax { Pattern: not DiscardPatternSyntax } arm, SwitchExpressionArmSyntax to) => Arm(arm, to),
            (ExpressionStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax, StatementSyntax to) => Statement((StatementSyntax)node, to),
            // What follows "?." has no meaning apart from it.
            (ExpressionSyntax { Parent: not ExpressionStatementSyntax } expression, ExpressionSyntax to)
                when expression.GetFirstToken().Parent is not MemberBindingExpressionSyntax and not { Parent: ElementBindingExpressionSyntax } => Expression(expression, to),
            (_, var visited) => visited,
        };
    }

    private ExpressionSyntax Expression(ExpressionSyntax node, ExpressionSyntax visited)
    {
        foreach (var broken in Broken(node))
            if (Number(node, broken) is { } number)
                visited = Marked(ConditionalExpression(On(number), Marked(ParseExpression(broken), number), Marked(visited)), number);
        if (visited is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both
            && node is BinaryExpressionSyntax { Left: var left, Right: var right })
        {
            // One side alone, without a second copy of it, so that what it declares stays declared once.
            if (!Declares(right) && Number(node, $"{left}") is { } one) both = both.WithRight(Ignored(both, both.Right, one));
            if (!Declares(left) && Number(node, $"{right}") is { } other) both = both.WithLeft(Ignored(both, both.Left, other));
            visited = both;
        }
        return visited.WithTriviaFrom(node);
    }

    private static ParenthesizedExpressionSyntax Ignored(BinaryExpressionSyntax both, ExpressionSyntax side, int number) => Marked(
        both.IsKind(SyntaxKind.LogicalAndExpression) ? BinaryExpression(SyntaxKind.LogicalOrExpression, On(number), Marked(side))
            : BinaryExpression(SyntaxKind.LogicalAndExpression, PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, On(number)), Marked(side)), number);

    private StatementSyntax Statement(StatementSyntax node, StatementSyntax visited)
    {
        foreach (var broken in node is ExpressionStatementSyntax { Expression: var expression } ? Broken(expression).Select(other => $"{other};").Prepend(";") : [";"])
            if (Number(node, broken) is { } number)
                visited = IfStatement(On(number), Block(ParseStatement(broken)), ElseClause(Block(visited))).NormalizeWhitespace()
                    .WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{number}"));
        return visited.WithTriviaFrom(node);
    }

    private SwitchExpressionArmSyntax Arm(SwitchExpressionArmSyntax node, SwitchExpressionArmSyntax visited) => Number(node, "(no such arm)") is not { } number ? visited
        : visited.WithWhenClause(WhenClause(ParseExpression($"!{On(number)}{(visited.WhenClause is { } when ? $" && ({when.Condition})" : "")}"))
            .NormalizeWhitespace().WithLeadingTrivia(Space).WithTrailingTrivia(Space).WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{number}")));

    private int? Number(SyntaxNode node, string broken)
    {
        static string Flat(string code) => string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (leftOut.Contains(Next++)) return null;
        Found.Add(new(Next - 1, file, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, Flat($"{node}"), Flat(broken)));
        return Next - 1;
    }

    private static ExpressionSyntax On(int number) => ParseExpression($"global::MutantSwitch.On({number})");

    private static ParenthesizedExpressionSyntax Marked(ExpressionSyntax expression, int? number = null) =>
        ParenthesizedExpression(expression).WithAdditionalAnnotations(number is null ? [] : [new SyntaxAnnotation(Mark, $"{number}")]);

    private static bool Declares(SyntaxNode node) => node.DescendantNodesAndSelf().Any(inner => inner is SingleVariableDesignationSyntax);

    private static IEnumerable<string> Broken(ExpressionSyntax node) => Declares(node) ? [] : node switch
    {
        BinaryExpressionSyntax { OperatorToken: var sign } binary => Signs[sign.Text]
            .Where(_ => sign.Text != "+" || !$"{binary.Left}{binary.Right}".Contains('"')) // texts are joined, not added
            .Select(other => other == "right" ? $"{binary.Right}" : $"{binary.Left} {other} {binary.Right}"),
        AssignmentExpressionSyntax { OperatorToken: var sign } assigned => Signs[sign.Text].Select(other => $"{assigned.Left} {other} {assigned.Right}"),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } up => [$"{up.Operand}--"],
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostDecrementExpression } down => [$"{down.Operand}++"],
        PrefixUnaryExpressionSyntax { OperatorToken.Text: "!" or "-" or "~" } unary => [$"{unary.Operand}"],
        IsPatternExpressionSyntax matched => [$"!({matched})"],
        ConditionalExpressionSyntax choice => [$"{choice.WhenTrue}", $"{choice.WhenFalse}"],
        LiteralExpressionSyntax literal => literal.Kind() switch
        {
            SyntaxKind.TrueLiteralExpression => ["false"],
            SyntaxKind.FalseLiteralExpression => ["true"],
            SyntaxKind.NumericLiteralExpression => [$"{literal} + 1"],
            SyntaxKind.StringLiteralExpression => [literal.Token.ValueText.Length > 0 ? "\"\"" : "\"broken\""],
            _ => [],
        },
        InterpolatedStringExpressionSyntax => ["\"\""],
        CollectionExpressionSyntax { Elements.Count: > 0 } => ["[]"],
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var on, Name: var name } } call =>
            [.. Calls.TryGetValue(name.Identifier.Text, out var other) ? [$"{on}.{other}{call.ArgumentList}"] : Array.Empty<string>(),
                .. Droppable.Contains(name.Identifier.Text) ? [$"{on}"] : Array.Empty<string>()],
        _ => [],
    };
}
