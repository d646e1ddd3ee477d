import { byId, h } from './dom.js';
import { icon } from './icons.js';
import { names } from './inline.js';
import { openMenu } from './menu.js';
import { avatar } from './message.js';
import { announce } from './notices.js';

/** @typedef {{ id: string, realName: string, about: string }} User */

/**
 * The button that says who is at the page and lets somebody else take their place: to see what each of them may do.
 * @param {(id: string) => void} become
 */
export function createActing(become) {
  const button = byId('acting');
  /** @type {User[]} */
  let users = [];

  button.addEventListener('click', () => {
    const items = users.map(({ id, realName, about }) => ({
      label: realName,
      value: id,
      note: about,
      checked: id === names.you,
    }));
    openMenu(button, items, (id) => {
      button.focus();
      const chosen = users.find((user) => user.id === id);
      if (!chosen || id === names.you) return;
      become(id);
      announce(`You are ${chosen.realName} now`);
    });
  });

  return {
    /** @param {User[]} known */
    show(known) {
      users = known;
      const name = names.people[names.you]?.realName ?? names.you;
      button.hidden = users.length < 2;
      button.setAttribute('aria-label', `You are ${name}. Act as somebody else`);
      button.replaceChildren(
        avatar({ user: names.you }),
        h('span', { class: 'acting-words' }, h('span', { class: 'acting-as' }, 'Acting as '), name),
        icon('chevron'),
      );
    },
  };
}
