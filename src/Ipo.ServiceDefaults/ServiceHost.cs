using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>What every Ipo service does alike, so that its Program.cs only wires its own parts:
/// <code>
/// var builder = ServiceHost.CreateBuilder(args);
/// builder.AddServiceDefaults("clip-scorer");
/// var app = builder.Build();
/// app.MapServiceDefaults();
/// return await app.RunServiceAsync();
/// </code></summary>
public static partial class ServiceHost
{
    /// <summary>The builder to begin with. Its content root is the service's own folder: it is watched for
    /// appsettings.json with all that lies below, and the current folder may be / (systemd's default), where that takes
    /// half a minute. The argument <c>--contentRoot</c> overrules it.</summary>
    /// <param name="args">The command line.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(["--contentRoot", AppContext.BaseDirectory, .. NetworkGuard.Read(args)]);

    /// <summary>Adds the two ports, telemetry, health; gRPC with its limits and fault boundary.</summary>
    /// <param name="builder">The builder of the service's Program.cs.</param>
    /// <param name="name">The service's name in traces, lower case with hyphens; OTEL_SERVICE_NAME overrules
    /// it.</param>
    /// <param name="grpc">False for a process that offers HTTP only: no h2c port is opened and no gRPC service is
    /// added.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name, bool grpc = true)
    {
        // Windows would log in the code page of its console; the host reads UTF-8.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);
        QuietFrameworkLogs(builder);
        builder.Services.AddSingleton(new ServiceIdentity(name, grpc));
        TlsSetting.Add(builder);
        ServicePorts.Listen(builder, grpc);
        Telemetry.Add(builder, name);
        Health.Add(builder.Services, grpc);
        builder.Services.AddProblemDetails();
        // What Kestrel itself refuses, for instance a body that is too large or too slow, is the caller's fault and no trace in the log.
        builder.Services.Configure<ExceptionHandlerOptions>(faults =>
        {
            faults.StatusCodeSelector = fault => (fault as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            faults.SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException;
        });
        if (grpc) GrpcServing.Add(builder.Services);
        return builder;
    }

    /// <summary>Maps /health/live and /health/ready, and where the service speaks gRPC its health and reflection
    /// services.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        Health.Map(app);
        if (app.Services.GetRequiredService<ServiceIdentity>().Grpc) GrpcServing.Map(app);
        return app;
    }

    /// <summary>Runs until the host stops. Wrong settings end it with one line on standard error that names the
    /// configuration path, without a stack trace; every other fault keeps its trace, because it is ours to
    /// mend.</summary>
    /// <returns>The exit code: 0 after a stop that was asked for, 1 when the settings do not allow a start.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        var name = app.Services.GetRequiredService<ServiceIdentity>().Name;
        try
        {
            // The host would validate too, but it logs the refusal with a stack trace first.
            foreach (var refusal in app.Services.GetServices<ServiceStartException>()) throw refusal;
            Validate(app.Services);
            Check(app.Services);
            if (NetworkGuard.IsInsecure(app.Services, app.Configuration)) OpenToTheNetwork(app.Logger);
            ServicePorts.RefuseWhatIsTaken(app.Configuration, app.Services.GetRequiredService<ServiceIdentity>().Grpc);
            app.Lifetime.ApplicationStarted.Register(() => Started(app.Logger, name, app.Urls));
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException refusal)
        {
            foreach (var failure in refusal.Failures) await Console.Error.WriteLineAsync($"{name} cannot start: {failure}");
            return 1;
        }
        catch (ServiceStartException refusal)
        {
            await Console.Error.WriteLineAsync($"{name} cannot start: {refusal.Message}");
            return 1;
        }
    }

    // A value of another type is a wrong setting as much as one out of its range. The binder says so when options are
    // read first, and the validator puts the refusals of several options into one exception of another type.
    private static void Validate(IServiceProvider services)
    {
        try { services.GetService<IStartupValidator>()?.Validate(); }
        catch (InvalidOperationException wrong) when (wrong.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            throw new ServiceStartException(wrong.Message, wrong);
        }
        catch (AggregateException several) when (several.InnerExceptions.All(refusal => refusal is OptionsValidationException))
        {
            throw new OptionsValidationException(
                "", typeof(object), several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(refusal => refusal.Failures));
        }
    }

    private static void Check(IServiceProvider services)
    {
        try
        {
            foreach (var check in services.GetServices<StartCheck>()) check.Run(services);
        }
        catch (InvalidDataException wrong)
        {
            throw new ServiceStartException(wrong.Message, wrong);
        }
    }

    /// <summary>For what is found wrong while Program.cs still builds: the service then refuses to start with this one
    /// line.</summary>
    public static void RefuseStart(this IHostApplicationBuilder builder, string message) =>
        builder.Services.AddSingleton(new ServiceStartException(message));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} listens on {Addresses}")]
    private static partial void Started(ILogger log, string service, ICollection<string> addresses);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Open to the network, asking nobody or unencrypted (IPO_INSECURE): whoever reaches it may listen or do everything")]
    private static partial void OpenToTheNetwork(ILogger log);

    // At the very front of the sources, so that any file or variable overrules these defaults.
    private static void QuietFrameworkLogs(WebApplicationBuilder builder)
    {
        builder.Logging.AddConsoleFormatter<LogLine, ConsoleFormatterOptions>();
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None", // HealthLog does it
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
                ["Logging:LogLevel:StackExchange.Redis"] = "Warning", // else a page of its handshake at every start
                ["Logging:LogLevel:Grpc"] = "Warning",
                ["Logging:Console:FormatterName"] = LogLine.FormatterName,
                // For the framework's formatters: without these its JSON has neither time nor trace.
                ["Logging:Console:FormatterOptions:TimestampFormat"] = "O",
                ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
                ["Logging:Console:FormatterOptions:IncludeScopes"] = "true",
            },
        });
    }
}

internal sealed record ServiceIdentity(string Name, bool Grpc);

/// <summary>The settings do not allow this service to start. The message is for the person who set them: what is wrong,
/// at which configuration path, and what to do. <see cref="ServiceHost.RunServiceAsync"/> prints it without a stack
/// trace.</summary>
public sealed class ServiceStartException(string message, Exception? inner = null) : Exception(message, inner);
