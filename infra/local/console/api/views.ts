import * as z from 'zod';
import { validateView, viewErrorOf, wordsOf } from '../../../slack/validate.ts';
import type { JsonObject } from '../message.ts';
import { type Args, json, type Method, SlackError, text } from './call.ts';

const views = z.record(z.string(), z.unknown());

const open: Method = {
  run(args, context) {
    const content = checkedView(args);
    const trigger = context.triggers.exchange(text(args, 'trigger_id') ?? '');
    if ('error' in trigger) throw new SlackError(trigger.error);
    if (content.external_id && context.views.find({ externalId: String(content.external_id) }))
      throw new SlackError('duplicate_external_id');
    return { view: context.views.show(context.views.open(trigger.user, content)) };
  },
};

const update: Method = {
  run(args, context) {
    const content = checkedView(args);
    const view = context.views.find({ id: text(args, 'view_id'), externalId: text(args, 'external_id') });
    if (!view) throw new SlackError('not_found');
    const hash = text(args, 'hash');
    if (hash !== undefined && hash !== view.hash) throw new SlackError('hash_conflict');
    return { view: context.views.show(context.views.update(view, content)) };
  },
};

function checkedView(args: Args): JsonObject {
  const given = views.safeParse(json(args, 'view', 'invalid_arguments'));
  if (!given.success) throw new SlackError('invalid_arguments');
  return checked(given.data);
}

/** The view, or the error that Slack answers with every breach. */
export function checked(view: JsonObject): JsonObject {
  const problems = validateView(view);
  const error = viewErrorOf(problems);
  if (error === undefined) return view;
  throw new SlackError(error, {
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${wordsOf(problem)}`) },
  });
}

export const viewMethods: Readonly<Record<string, Method>> = { 'views.open': open, 'views.update': update };
