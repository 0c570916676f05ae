-- One row a figure of the Gender Impact Assessment: as the table of the assessment has it, and as the figures do.
with

assessed as (

    select
        figure_id,
        value
    from gender_impact
    where kind = 'figure'

),

catalogued as (

    select figure_id
    from figure_catalogue
    where is_gender_impact

),

final as (

    select
        coalesce(catalogued.figure_id, assessed.figure_id) as figure_id,
        (catalogued.figure_id is null) <> (assessed.figure_id is null) as is_out_of_place,
        case when assessed.figure_id is null then figures.value else assessed.value end as value_in_table,
        figures.value as figure_value
    from catalogued
    full outer join assessed
        on catalogued.figure_id = assessed.figure_id
    left join figures
        on coalesce(catalogued.figure_id, assessed.figure_id) = figures.figure_id

)

select * from final
order by figure_id
