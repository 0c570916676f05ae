-- What several guard views ask of typed text: declarations and print write numbers and answers as people do.

-- A number that somebody typed, blank where the text is none.
create macro typed_number(typed) as
    try_cast(replace(trim(typed), '%', '') as decimal(18, 4));

-- An answer that somebody typed, in the one spelling of the released tables.
create macro typed_answer(typed) as
    case
        when lower(trim(coalesce(typed, ''))) in ('yes', 'x') then 'true'
        when lower(trim(coalesce(typed, ''))) in ('no') then 'false'
        when trim(coalesce(typed, '')) = '-' then ''
        else lower(trim(coalesce(typed, '')))
    end;

-- Whether a declaration says the same as a released value; a blank also stands for no and for none.
create macro says_the_same(typed, released) as
    typed_answer(typed) = typed_answer(released)
    or coalesce(typed_number(typed) = typed_number(released), false)
    or (typed_answer(typed) = '' and typed_answer(released) in ('false', '0'));

-- A released number without trailing zeros.
create macro plain_number(value) as
    coalesce(regexp_replace(cast(cast(value as decimal(18, 4)) as varchar), '\.?0+$', ''), '');
