/**
 * The shortcodes that on-call messages use, as `character name name…`. Others stay as they are written.
 */
const table = `
✅ white_check_mark|✔️ heavy_check_mark|☑️ ballot_box_with_check|❌ x|❎ negative_squared_cross_mark|✖️ heavy_multiplication_x
❗ exclamation heavy_exclamation_mark|❕ grey_exclamation|❓ question|❔ grey_question|⚠️ warning|🚫 no_entry_sign|⛔ no_entry
🛑 octagonal_sign stop_sign|🚨 rotating_light|🔥 fire|💥 boom collision|⚡ zap|☠️ skull_and_crossbones|💀 skull|🐛 bug
🔴 red_circle|🟠 large_orange_circle|🟡 large_yellow_circle|🟢 large_green_circle|🔵 large_blue_circle blue_circle
🟣 large_purple_circle|⚪ white_circle|⚫ black_circle|🔶 large_orange_diamond|🔷 large_blue_diamond|▪️ black_small_square
🔸 small_orange_diamond|🔹 small_blue_diamond|⬜ white_large_square|⬛ black_large_square|▫️ white_small_square
⏳ hourglass_flowing_sand|⌛ hourglass|⏱️ stopwatch|⏰ alarm_clock|🕐 clock1|🕒 clock3|⏲️ timer_clock|📅 date|🗓️ calendar spiral_calendar_pad
🔍 mag|🔎 mag_right|👀 eyes|👁️ eye|🔬 microscope|🧪 test_tube|🩺 stethoscope|🌡️ thermometer|📈 chart_with_upwards_trend
📉 chart_with_downwards_trend|📊 bar_chart|📋 clipboard|📌 pushpin|📎 paperclip|🔗 link|📝 memo pencil|📄 page_facing_up|📃 page_with_curl
📚 books|📖 book open_book|📓 notebook|📦 package|🗂️ card_index_dividers|📁 file_folder|🗄️ file_cabinet|🗑️ wastebasket
🔧 wrench|🔨 hammer|🛠️ hammer_and_wrench|⚙️ gear|🔩 nut_and_bolt|🧰 toolbox|🧹 broom|🪛 screwdriver|🔌 electric_plug|🔋 battery
💾 floppy_disk|💿 cd|💻 computer|🖥️ desktop_computer|🖨️ printer|📡 satellite_antenna|🛰️ satellite|🌐 globe_with_meridians|☁️ cloud
🔒 lock|🔓 unlock|🔐 closed_lock_with_key|🔑 key|🛡️ shield|👮 cop|🕵️ sleuth_or_spy|🤖 robot_face|👤 bust_in_silhouette|👥 busts_in_silhouette
🔔 bell|🔕 no_bell|📣 mega|📢 loudspeaker|💬 speech_balloon|💭 thought_balloon|🗨️ left_speech_bubble|📞 telephone_receiver|📟 pager|📨 incoming_envelope
▶️ arrow_forward|⏸️ double_vertical_bar|⏹️ black_square_for_stop|⏩ fast_forward|🔁 repeat|🔄 arrows_counterclockwise|♻️ recycle|🔃 arrows_clockwise
➡️ arrow_right|⬅️ arrow_left|⬆️ arrow_up|⬇️ arrow_down|↩️ leftwards_arrow_with_hook|↪️ arrow_right_hook|⤴️ arrow_heading_up|⤵️ arrow_heading_down
➕ heavy_plus_sign|➖ heavy_minus_sign|ℹ️ information_source|💡 bulb|🎯 dart|🏁 checkered_flag|🚩 triangular_flag_on_post|🚀 rocket|🎉 tada
🌙 crescent_moon|🌛 first_quarter_moon_with_face|🌚 new_moon_with_face|🌑 new_moon|🌕 full_moon|🌅 sunrise|☀️ sunny|⭐ star|🌟 star2|✨ sparkles|💤 zzz|😴 sleeping
🧊 ice_cube|❄️ snowflake|🌊 ocean|💧 droplet|🌪️ tornado|🌩️ lightning|⛈️ thunder_cloud_and_rain|🐢 turtle|🐌 snail|🐘 elephant|🐳 whale|☸️ wheel_of_dharma|⚓ anchor|⛵ boat sailboat
👍 +1 thumbsup|👎 -1 thumbsdown|👋 wave|🙏 pray|👏 clap|🙌 raised_hands|💪 muscle|✋ hand raised_hand|🤝 handshake|👇 point_down|👉 point_right|👆 point_up_2
😀 grinning|😄 smile|🙂 slightly_smiling_face|😉 wink|😅 sweat_smile|😂 joy|🤔 thinking_face|😬 grimacing|😱 scream|😢 cry|😎 sunglasses|🤷 shrug|🙈 see_no_evil|❤️ heart|💔 broken_heart
🏥 hospital|🚑 ambulance|🚒 fire_engine|🧯 fire_extinguisher|🏗️ building_construction|🚧 construction|🧩 jigsaw|🪝 hook|🪪 identification_card|🎓 mortar_board|🏷️ label
0️⃣ zero|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five|6️⃣ six|7️⃣ seven|8️⃣ eight|9️⃣ nine|🔟 keycap_ten|#️⃣ hash|💯 100|🆗 ok|🆕 new|🆘 sos`;

/** Shortcode without colons → character. @type {ReadonlyMap<string, string>} */
export const emoji = new Map(
  table.split(/[|\n]/).flatMap((entry) => {
    const [character = '', ...names] = entry.trim().split(' ');
    return names.map((name) => /** @type {[string, string]} */ ([name, character]));
  }),
);

/**
 * Splits text that may contain shortcodes, for places where nothing else is parsed.
 * @param {string} text
 * @returns {import('./mrkdwn.js').Piece[]}
 */
export function parseEmoji(text) {
  return text
    .split(/(:[a-z0-9_+'-]+:)/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = part.slice(1, -1);
      const known = part.startsWith(':') && part.endsWith(':') && emoji.has(name);
      return known ? { type: 'emoji', name } : { type: 'text', text: part };
    });
}
