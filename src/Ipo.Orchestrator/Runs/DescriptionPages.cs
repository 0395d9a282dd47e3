using System.Globalization;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Runs;

/// <summary>The descriptions of a run, page by page.</summary>
internal static class DescriptionPages
{
    public static V1.ListDescriptionsResponse Of(RunState run, V1.ListDescriptionsRequest request)
    {
        var page = Paging<ImageDescription>.Of(
            ImageDescription.Of(run), described => described.Place.ToString("D6", CultureInfo.InvariantCulture), request.PageSize,
            request.PageToken);
        return new()
        {
            Descriptions =
            {
                page.Entries.Select(described => new V1.ImageDescription
                {
                    Sha256 = described.Image,
                    ClassName = described.ClassName,
                    Description = described.Description,
                    LeftOut = described.LeftOut,
                }),
            },
            NextPageToken = page.NextToken,
        };
    }
}
