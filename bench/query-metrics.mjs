/**
 * Questions about metrics, for bench/query.mjs: from counts kept per minute, from spans, `compare`, values of tags, and
 * what Grafana asks of the Prometheus face.
 */

const DAY_MS = 86_400_000;

/** Name → path, over the 24 hours that end now, or the last of them that have data. */
export function metricQuestions() {
  const range = () => `from=${Date.now() - DAY_MS}&to=${Date.now()}`;
  const series = (q, more = '') =>
    `/api/v1/metrics/query_range?${range()}${more}&q=${encodeURIComponent(q)}`;
  const instant = (q) => `/api/v1/metrics/query?${range()}&q=${encodeURIComponent(q)}`;
  const values = (tag) => `/tempo/api/v2/search/tag/${encodeURIComponent(tag)}/values`;
  const prometheus = (query) => `/prometheus/api/v1/query?query=${encodeURIComponent(query)}`;
  return {
    rateByService: () => series('{ } | rate() by(resource.service.name)'),
    quantilesByService: () =>
      series('{ } | quantile_over_time(duration, .5, .99) by(resource.service.name)'),
    errorsByNameInstant: () => instant('{ status = error } | count_over_time() by(name)'),
    rateByAttribute: () => series('{ } | rate() by(span.http.response.status_code)'),
    quantileByAttribute: () =>
      series('{ span.http.response.status_code >= 200 } | quantile_over_time(duration, .9)'),
    rateWithExemplars: () => series('{ } | rate() by(resource.service.name)', '&exemplars=100'),
    compareErrors: () => instant('{ } | compare({ status = error })'),
    compareSlow: () =>
      instant('{ resource.service.name = "orders" } | compare({ duration > 200ms })'),
    tagValuesFew: () => values('resource.service.name'),
    tagValuesMany: () => values('span.user.id'),
    tagValuesFiltered: () =>
      `${values('span.user.id')}?q=${encodeURIComponent('{resource.service.name="orders" && status=error}')}`,
    spanMetricsTable: () =>
      prometheus('topk(5, sum by (span_name) (rate(traces_spanmetrics_calls_total[1h])))'),
    serviceGraph: () =>
      prometheus('sum by (client, server) (rate(traces_service_graph_request_total[1h]))'),
  };
}
