// The playground: the page at `/`. With `?follow=` it is the second tab of an answer.

import { render } from 'preact';
import { ChatPage } from './page/chat-page.tsx';
import { FollowPage } from './page/follow-page.tsx';
import { followedPath } from './stream/stream-link.ts';

const root = document.querySelector('#app');
const path = followedPath(location.search);
if (root !== null) render(path === null ? <ChatPage /> : <FollowPage path={path} />, root);
