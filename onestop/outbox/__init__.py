"""Messages to citizens: written in the transaction of an act, sent later, once, and seen until they are.

    queue.py     a message is written, withheld, or tried again by a person
    sending.py   what is due is claimed, sent outside any transaction, and its end recorded
    channels.py  which back end serves a channel; pages.py, gateway.py and mail.py are the back ends
    texts.py     what a text message can hold

The room knows no dossier: a message has a subject such as "dossier:12", and whoever queued it says
by OUTBOX_LINKS (settings) which address its link leads to.
"""
