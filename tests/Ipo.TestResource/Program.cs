using System.Globalization;
using Aspire.Hosting;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

return args switch
{
    ["service", ..] => await Service(args[1..]),
    ["task", var exitCode, .. var words] => RunTask(exitCode, words),
    ["host"] => Host(),
    _ => throw new ArgumentException("service | task EXITCODE WORDS | host"),
};

// A service as ours are; it tells what it was given, and can be made to crash, to fail its readiness, or to stop slowly.
static async Task<int> Service(string[] args)
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("test-resource");
    var ready = true;
    builder.Services.AddHealthChecks().AddCheck("switch", () => ready ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("switched off"), tags: [Health.Ready]);
    var app = builder.Build();
    app.MapServiceDefaults();
    app.MapGet("/variable/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
    app.MapGet("/variables", () => Environment.GetEnvironmentVariables().Keys.Cast<string>().Order());
    app.MapGet("/say/{text}", (string text) => Console.WriteLine(text));
    app.MapGet("/ready/{value:bool}", (bool value) => ready = value);
    app.MapGet("/crash/{exitCode:int}", (int exitCode) => Environment.Exit(exitCode));
    return await app.RunServiceAsync();
}

static int RunTask(string exitCode, string[] words)
{
    foreach (var word in words) Console.WriteLine(word);
    return int.Parse(exitCode, CultureInfo.InvariantCulture);
}

// Two services, the second waiting for the first: the host to be killed.
static int Host()
{
    var builder = DistributedApplication.CreateBuilder([]);
    var first = builder.AddProject("first", "Ipo.TestResource.csproj").WithArgs("service")
        .WithEndpoint(scheme: "http", name: "grpc", env: "IPO_GRPC_PORT").WithHttpEndpoint(env: "IPO_HTTP_PORT").WithHttpHealthCheck("/health/ready");
    builder.AddProject("second", "Ipo.TestResource.csproj").WithArgs("service")
        .WithEndpoint(scheme: "http", name: "grpc", env: "IPO_GRPC_PORT").WithHttpEndpoint(env: "IPO_HTTP_PORT").WithHttpHealthCheck("/health/ready")
        .WithReference(first).WaitFor(first);
    builder.Build().Run();
    return Environment.ExitCode;
}
