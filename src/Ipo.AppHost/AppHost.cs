using Aspire.Hosting;

var builder = DistributedApplication.CreateBuilder(args);

var redis = builder.AddProject("redis", "../Ipo.Cache/Ipo.Cache.csproj", launchProfileName: null)
    .WithEndpoint(scheme: "tcp", name: "redis", env: "IPO_REDIS_PORT")
    .WithHttpEndpoint(name: "http", env: "IPO_HTTP_PORT")
    .WithHttpHealthCheck("/health/ready");

builder.Build().Run();
