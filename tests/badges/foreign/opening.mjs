// Takes the credential out of a file, knowing nothing of how we put it in. Source: Open Badges 3.0, section 5.3, baking.
import {readFileSync} from 'node:fs';
import {crc32} from './crc32.mjs';

const PNG_SIGNATURE = '89504e470d0a1a0a';
const NAMESPACE = 'https://purl.imsglobal.org/ob/v3p0';

// Returns {token} for a JSON Web Token, {credential} for JSON.
export function open(file, format) {
  const read = {json: textOf, jwt: textOf, png: fromPng, svg: fromSvg}[format];
  if(!read) {
    throw new Error(`unknown format "${format}"`);
  }
  const text = read(readFileSync(file)).trim();
  return text.startsWith('{') ? {credential: JSON.parse(text)} : {token: text};
}

function textOf(bytes) {
  return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
}

export function fromPng(bytes) {
  const found = [...chunksOf(bytes)]
    .filter(chunk => chunk.type === 'iTXt').map(chunk => internationalText(chunk.data))
    .filter(({keyword}) => keyword === 'openbadgecredential');
  if(found.length !== 1) {
    throw new Error(`the PNG holds ${found.length} credentials`);
  }
  return found[0].text;
}

function* chunksOf(bytes) {
  if(bytes.subarray(0, 8).toString('hex') !== PNG_SIGNATURE) {
    throw new Error('not a PNG');
  }
  for(let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    if(crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) {
      throw new Error('a chunk of the PNG has a wrong checksum');
    }
    yield {type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end)};
    at = end + 4;
  }
}

// keyword NUL compressed method language NUL translated-keyword NUL text. Source: PNG, third edition, section 11.3.3.4.
function internationalText(data) {
  const endOfKeyword = data.indexOf(0);
  if(data[endOfKeyword + 1] !== 0) {
    throw new Error('the credential in the PNG is compressed');
  }
  const endOfLanguage = data.indexOf(0, endOfKeyword + 3);
  const endOfTranslation = data.indexOf(0, endOfLanguage + 1);
  return {
    keyword: data.toString('latin1', 0, endOfKeyword),
    text: textOf(data.subarray(endOfTranslation + 1)),
  };
}

export function fromSvg(bytes) {
  const text = textOf(bytes);
  const found = [...text.matchAll(
    /<openbadges:credential\b([^>]*?)(?:\/>|>([\s\S]*?)<\/openbadges:credential\s*>)/g)];
  if(found.length !== 1) {
    throw new Error(`the SVG holds ${found.length} credentials`);
  }
  if(!text.includes(`xmlns:openbadges="${NAMESPACE}"`)) {
    throw new Error('the SVG does not declare the namespace of Open Badges');
  }
  const [, attributes, content = ''] = found[0];
  const token = /\bverify="([^"]*)"/.exec(attributes)?.[1];
  return token ? characters(token) : content.split(/<!\[CDATA\[([\s\S]*?)\]\]>/)
    .map((part, index) => index % 2 ? part : characters(part)).join('');
}

const ENTITIES = {lt: '<', gt: '>', quot: '"', apos: '\'', amp: '&'};

function characters(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_all, hexadecimal, decimal, name) =>
    name ? ENTITIES[name] : String.fromCodePoint(hexadecimal ? parseInt(hexadecimal, 16) : parseInt(decimal, 10)));
}
