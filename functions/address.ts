/** Of who listens on every address, the one that works on this machine whatever network it is in. */
const everyAddress: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** Only programs on this machine reach who listens there. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

export function isEveryAddress(host: string): boolean {
  return everyAddress.has(host);
}

/** Where who listens on this host and port is found from this machine. */
export function urlOn(host: string, port: number): string {
  const reached = everyAddress.get(host) ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
