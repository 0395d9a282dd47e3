using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.Cli.Connections;

/// <summary>Sends with every call who makes it, where a key or a token was given. It is never an argument: those stand in
/// the shell's history and in lists of processes.</summary>
internal sealed class Token(string token) : Interceptor
{
    private const string Variable = "IPO_TOKEN";

    /// <summary>The token that the option's file or the variable holds; null where neither is given.</summary>
    /// <exception cref="CommandFailure">The file cannot be read or holds no token.</exception>
    public static string? Find(string? file, Func<string, string?> environment)
    {
        var (text, source) = file is { Length: > 0 } ? (Read(file), $"--token-file {file}") : (environment(Variable), Variable);
        if (text is null or "") return null;
        var token = text.Trim();
        return token.Length > 0 && token.All(letter => letter is > ' ' and < '\x7f')
            ? token
            : throw new CommandFailure($"{source} holds no token: it takes one line without blanks.", ExitCode.Usage);
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, With(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(request, With(context));

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(With(context));

    private static string Read(string file)
    {
        try { return File.ReadAllText(file); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--token-file cannot read '{file}': {fault.Message}", ExitCode.Usage);
        }
    }

    private ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class where TResponse : class
    {
        var headers = new Metadata { { "authorization", $"Bearer {token}" } };
        foreach (var entry in context.Options.Headers ?? []) headers.Add(entry);
        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }
}
