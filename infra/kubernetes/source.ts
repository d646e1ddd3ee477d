import { ReadFailure } from '../../engine/errors.ts';
import type { Source } from '../../engine/readers.ts';
import { systemOf } from '../../engine/request.ts';

/** One cluster's two systems as one `Source`. Without Prometheus every metrics read says what to configure. */
export function sourceOf({
  kubernetes,
  prometheus,
}: {
  readonly kubernetes: Source;
  readonly prometheus?: Source;
}): Source {
  return {
    read: async (request, limits) => {
      const system = systemOf(request);
      if (system === 'Kubernetes') return kubernetes.read(request, limits);
      if (system === 'Nightshift') throw new ReadFailure('not-configured', 'only the server knows what else is open');
      if (prometheus) return prometheus.read(request, limits);
      const words = 'no Prometheus is configured for this cluster: add clusters[].prometheus.url';
      throw new ReadFailure('not-configured', words);
    },
  };
}
