import { TryLater } from '../../engine/errors.ts';
import { type AlertsDoor, noteTooLarge, notStored, receiveAlerts, refuseAlerts } from '../alerts.ts';
import { ADVICE_TOO_LARGE, type HttpRequest, type HttpResponse, hasBearer, MAX_BODY_BYTES, text } from '../http.ts';
import { type HttpEntry, requestOf, resultOf } from './http.ts';

export interface AlertsEntry extends Omit<AlertsDoor, 'token'> {
  /** Asked for at every request. A function is open to the world, so there is always one. */
  readonly token: () => Promise<string>;
  /** When somebody comes with another one: it may have been rotated. Nobody but they waits for that. */
  readonly newest: () => Promise<string>;
}

/**
 * `POST /alerts` as a function: answers as the embedded server does. What it throws is an error of the function, which
 * API Gateway makes a 500, and Alertmanager sends again.
 */
export function alertsEntry({ token, newest, ...door }: AlertsEntry): HttpEntry {
  return async (event) => {
    const request = requestOf(event);
    try {
      const known = await token();
      const held = hasBearer(request, known) || !request.headers.authorization ? known : await newest();
      const opened = { ...door, token: held };
      if (Buffer.byteLength(request.body) > MAX_BODY_BYTES) return resultOf(await tooLarge(opened, request));
      return resultOf(await receiveAlerts(opened, request));
    } catch (failure) {
      if (!(failure instanceof TryLater)) throw failure;
      return resultOf(notStored(door, failure));
    }
  };
}

async function tooLarge(door: AlertsDoor, { headers }: HttpRequest): Promise<HttpResponse> {
  const refusal = refuseAlerts(door, headers);
  if (refusal) return refusal;
  await noteTooLarge(door);
  return text(413, `the body is over ${MAX_BODY_BYTES} bytes: ${ADVICE_TOO_LARGE}`);
}
