import type { Report } from '../engine/report.ts';

/** The report as outsiders rely on it: documented fields only, in this order. */
export function reportJson(report: Report) {
  const { runbook, target, cluster, startedAt, causes, evidence, remedies, manualSteps, cost } = report;
  return {
    runbook,
    target,
    cluster,
    startedAt,
    causes: causes.map(({ id, title, verdict, reason, cites, missing }) => ({
      id,
      title,
      verdict,
      reason,
      cites,
      missing,
    })),
    evidence: evidence.map((item) => ({
      id: item.id,
      status: item.status,
      source: item.source,
      query: item.query,
      asOf: item.asOf,
      ...(item.windowSeconds === undefined ? {} : { windowSeconds: item.windowSeconds }),
      value: item.value,
      ...(item.threshold === undefined ? {} : { threshold: item.threshold }),
      ...(item.thresholdSource === undefined ? {} : { thresholdSource: item.thresholdSource }),
      ...(item.reason === undefined ? {} : { reason: item.reason }),
    })),
    remedies: remedies.map((remedy) =>
      'unavailable' in remedy
        ? { id: remedy.id, cause: remedy.cause, unavailable: remedy.unavailable }
        : {
            id: remedy.id,
            cause: remedy.cause,
            risk: remedy.risk,
            digest: remedy.digest,
            changes: remedy.changes,
            rehearsal: remedy.rehearsal,
          },
    ),
    manualSteps,
    cost,
  };
}
