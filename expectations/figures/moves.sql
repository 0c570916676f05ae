-- One row a figure of the catalogue: how it stands against the one released for the year before. A declaration
-- that names both values lets a figure leave its band.
with

before as (

    select
        figure_id,
        value
    from landing.released_figures
    where
        year = getvariable('report_year') - 1
        and value is not null

),

declared as (

    select
        key as figure_id,
        "old" as value_before,
        "new" as value_now
    from landing.restatements
    where kind = 'figure'

),

final as (

    select
        figure_catalogue.figure_id,
        figure_moves.value,
        figure_moves.previous_value,
        figure_moves.relative_move,
        figure_moves.move_band,
        case
            when before.figure_id is null and figure_moves.previous_value is null then 'nothing before'
            when figure_moves.previous_value is distinct from before.value then 'not compared'
            when figure_moves.is_within_band is null then 'from or to nothing'
            when figure_moves.is_within_band then 'within'
            when exists (
                select 1
                from declared
                where
                    declared.figure_id = figure_catalogue.figure_id
                    and says_the_same(declared.value_before, plain_number(figure_moves.previous_value))
                    and says_the_same(declared.value_now, plain_number(figure_moves.value))
            ) then 'beyond, as declared'
            else 'beyond'
        end as move
    from figure_catalogue
    left join figure_moves
        on figure_catalogue.figure_id = figure_moves.figure_id
    left join before
        on figure_catalogue.figure_id = before.figure_id

)

select * from final
order by figure_id
