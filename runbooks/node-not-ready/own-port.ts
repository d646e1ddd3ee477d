import type { NodeView } from '../evidence/node.ts';
import type { Scrape } from './schema.ts';

/** `--port` of the kubelet by default; the Node tells another (`status.daemonEndpoints`). */
export const KUBELET_PORT = 10_250;
/** `--read-only-port`: closed where it is hardened, so that only an answer there tells something. */
const READ_ONLY_PORT = 10_255;

/**
 * The scrapes that tell of the kubelet itself: its jobs also find its read-only port, where usually nobody listens, and
 * other programs' ports (cAdvisor's of old was 4194; Prometheus' operator offers all three).
 */
export function ofItsPort(scrapes: readonly Scrape[], node: NodeView | undefined): readonly Scrape[] {
  const own = node?.kubeletPort ?? KUBELET_PORT;
  return scrapes.filter(({ instance, up }) => {
    const port = Number(/:(\d+)$/.exec(instance)?.[1] ?? own);
    return port === own || (port === READ_ONLY_PORT && up);
  });
}
