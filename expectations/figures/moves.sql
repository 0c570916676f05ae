-- One row a figure of the catalogue, and one a whole that is shared out: how it stands against the one released for
-- the year before. A declaration that names both values lets a figure leave its band. A figure that falls from a few
-- to none is refused like one that leaves its band; of one or two that is told.
with

released as (

    select
        figure_id,
        value,
        denominator
    from landing.released_figures
    where year = getvariable('report_year') - 1

),

declared as (

    select
        key as figure_id,
        old as value_before,
        new as value_now
    from landing.restatements
    where kind = 'figure'

),

compared_figures as (

    select
        figure_catalogue.figure_id,
        figure_catalogue.label,
        figure_catalogue.beyond_band,
        figure_changes.value,
        figure_changes.previous_value,
        figure_changes.move_band,
        figure_changes.is_within_band,
        released.value as released_value,
        not coalesce(
            figure_changes.previous_value = released.value,
            figure_changes.previous_value is null and released.value is null
        ) as is_left_out
    from figure_catalogue
    left join figure_changes
        on figure_catalogue.figure_id = figure_changes.figure_id
    left join released
        on figure_catalogue.figure_id = released.figure_id

),

wholes as (

    select
        figure_catalogue.whole,
        max(figures.denominator) as value,
        max(released.denominator) as previous_value
    from figure_catalogue
    left join figures
        on figure_catalogue.figure_id = figures.figure_id
    left join released
        on figure_catalogue.figure_id = released.figure_id
    where figure_catalogue.whole is not null
    group by figure_catalogue.whole

),

compared as (

    select * from compared_figures

    union all

    -- The euros that are shared out have a band of their own: two and a half times, up or down.
    select
        whole as figure_id,
        'Euros of ' || replace(whole, '_', ' ') as label,
        'refuse' as beyond_band,
        value,
        previous_value,
        1.5 as move_band,
        greatest(value, previous_value) <= 2.5 * least(value, previous_value) as is_within_band,
        previous_value as released_value,
        false as is_left_out
    from wholes

),

moves_declared as (

    select distinct compared.figure_id
    from compared
    inner join declared
        on compared.figure_id = declared.figure_id
    where
        says_the_same(declared.value_before, plain_number(compared.previous_value))
        and says_the_same(declared.value_now, plain_number(compared.value))

),

judged as (

    select
        compared.*,
        case
            when compared.is_left_out then 'not compared'
            when compared.released_value is null then 'nothing before'
            when moves_declared.figure_id is not null then 'as declared'
            when compared.value is null then 'published before and refused now'
            when compared.value = 0 and compared.released_value >= 3 then 'from something to nothing'
            when compared.value = 0 and compared.released_value > 0 then 'from one or two to nothing, told'
            when compared.released_value = 0 then 'from nothing'
            when compared.is_within_band then 'within its band'
            when compared.beyond_band = 'tell' then 'beyond its band, told'
            else 'beyond its band'
        end as move
    from compared
    left join moves_declared
        on compared.figure_id = moves_declared.figure_id

),

final as (

    select
        figure_id,
        move,
        label || ' (' || figure_id || '): ' || coalesce(nullif(plain_number(released_value), ''), 'none')
        || ' the year before, ' || coalesce(nullif(plain_number(value), ''), 'refused') || ' now: ' || move as sentence
    from judged

)

select * from final
order by figure_id
